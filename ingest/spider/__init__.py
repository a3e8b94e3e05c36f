"""A spider for the pages of a catalog site that allows it; `import_dataset.py --details` reads its output.

The only part of the project that needs Scrapy (requirements-spider.txt).
"""
