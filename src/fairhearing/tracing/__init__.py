"""A leak → the clips it holds → whose copies they are → the listens; canaries to drill it with.

Owns requests to trace and what was found. Promises that a trace names somebody only with a stated bound on being
wrong; that where anybody is an investigator, two of them stand behind each trace; that asking, approving and naming
stand in the log; and that what was erased is traced to nobody. Sounds are compared: nobody listens, no leak is kept.
"""
