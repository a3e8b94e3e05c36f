"""How good recommendations are: hidden users, two protocols, ranking metrics with confidence intervals."""
