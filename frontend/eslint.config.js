import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'

export default defineConfigWithVueTs(
  { ignores: ['dist/', 'src/api/schema.d.ts'] },
  vue.configs['flat/recommended'],
  accessibility.configs['flat/recommended'],
  vueTsConfigs.strict,
  prettier,
  {
    rules: {
      // a label with `for`, or one around its control: either names it
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      // the policy of the server blocks style attributes; bound styles go through the CSSOM
      'vue/no-static-inline-styles': 'error',
      'vue/no-v-html': 'error',
      'vue/define-macros-order': 'error',
      'vue/component-api-style': ['error', ['script-setup']],
    },
  },
)
