"""Limits this process, then becomes the program or Python module named after the limits.

    child_limits.py MEMORY CPU FILE OPEN program PROGRAM ARGUMENT…
    child_limits.py MEMORY CPU FILE OPEN module PATHS MODULE ARGUMENT…

MEMORY and FILE are bytes, CPU is seconds, OPEN counts files, PATHS is the module search path.
Stands alone: it runs isolated, before anything else is importable. A wrapper rather than
`preexec_fn`, which may deadlock in a worker that has threads.
"""

import os
import resource
import runpy
import signal
import sys

CANNOT_START = 125


def limit(name: str, soft: int, hard: int) -> None:
    """Lowers one resource limit; one that the system does not know or honour is left out."""
    kind = getattr(resource, name, None)
    if kind is None:
        return
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(kind, (soft, hard))
    except (OSError, ValueError):
        # macOS knows RLIMIT_AS but refuses it. Elsewhere a limit that fails is no limit at all.
        if sys.platform != "darwin":
            raise


def limit_all(memory: int, cpu: int, file: int, open_files: int) -> None:
    """Sets every limit. The CPU limit first asks (SIGXCPU), then kills a second later."""
    limit("RLIMIT_AS", memory, memory)
    limit("RLIMIT_CPU", cpu, cpu + 1)
    limit("RLIMIT_FSIZE", file, file)
    limit("RLIMIT_NOFILE", open_files, open_files)
    limit("RLIMIT_CORE", 0, 0)
    os.umask(0o077)


def become(kind: str, arguments: list[str]) -> None:
    """Runs the module in this process, or replaces this process by the program."""
    if kind == "module":
        paths, module, *rest = arguments
        sys.path[:] = paths.split(os.pathsep)
        sys.argv = [module, *rest]
        runpy.run_module(module, run_name="__main__")
        return
    # Python ignores these two, and what is ignored stays so in the program that follows.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.execv(arguments[0], arguments)  # noqa: S606 - no shell is what we want


def main() -> None:
    """Reads the command line described above."""
    numbers, kind, arguments = sys.argv[1:5], sys.argv[5], sys.argv[6:]
    try:
        limit_all(*(int(number) for number in numbers))
        become(kind, arguments)
    except (OSError, ImportError) as problem:
        sys.stderr.write(f"child_limits: {problem}\n")
        sys.exit(CANNOT_START)


if __name__ == "__main__":
    main()
