"""Processors (vendors) and who works for them.

Promises that a reviewer belongs to one vendor at a time, and that ending a membership holds from the next play.
"""
