"""Runs a program to which the kernel forbids io_uring, as container runtimes do: `without_io_uring.py PROGRAM ARGUMENT…`

A seccomp filter (classic BPF over `struct seccomp_data`) answers io_uring_setup, _enter and _register with EPERM and lets
everything else pass.
"""
import ctypes
import errno
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, EQUAL, GREATER_OR_EQUAL, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
# The same numbers on every architecture since they were introduced.
FIRST, AFTER_LAST = 425, 428


def step(code, value, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, value)


filters = step(LOAD, 0) + step(GREATER_OR_EQUAL, FIRST, 0, 2) + step(GREATER_OR_EQUAL, AFTER_LAST, 1, 0) + step(RETURN, DENY) + step(RETURN, ALLOW)
code = ctypes.create_string_buffer(filters)
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0)):
    if libc.prctl(*(ctypes.c_ulong(a) for a in arguments)) != 0:
        sys.exit(f"the filter cannot be set: {os.strerror(ctypes.get_errno())}")
os.execv(sys.argv[1], sys.argv[1:])
