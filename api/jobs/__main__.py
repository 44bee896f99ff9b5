"""``python -m api.jobs ARCHIVE``."""

from api.jobs.work import main

if __name__ == "__main__":  # the processes that read files import this module again
    main()
