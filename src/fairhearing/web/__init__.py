"""Pages and the HTTP interface: translate, call one domain function, translate back.

Promises that every view is closed unless ``access`` names who may enter, and that every answer carries the headers of
``security``.
"""
