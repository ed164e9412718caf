"""Work that has to be done for each of many, whatever becomes of the others."""

import logging
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)

Job = tuple[str, Callable[[], int]]  # what it is called in the log, and what does it


class LeftUndone(Exception):
    """Some of the work failed, and is to be tried again: the message says which, the log why."""


def try_each(jobs: Iterable[Job]) -> int:
    """Does every job, though others fail, and returns the sum of what they returned.

    A job that fails is logged. Raises LeftUndone at the end, when all have been tried.
    """
    done, failed = 0, []
    for name, job in jobs:
        try:
            done += job()
        except LeftUndone as error:
            failed.append(str(error))  # its own jobs are logged already
        except Exception:
            log.exception("Not done: %s", name)
            failed.append(name)
    if failed:
        raise LeftUndone(", ".join(failed))
    return done
