"""The HTTP interface, ``/api/v1``: recordings and rights for products, work for reviewers."""
