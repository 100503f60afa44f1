"""What is asked, of which products and regions; and stopping it.

Promises that a pause holds from the next play: it waits for the plays in flight and none begins after its answer.
"""
