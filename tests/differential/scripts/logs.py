import logging
import logging.config
import sys
import warnings

way = sys.argv[1]
if way == "before":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
# <task>
if way == "after":
    logging.basicConfig(level=logging.DEBUG, format="%(funcName)s %(lineno)d %(message)s")
if way == "file":
    logging.basicConfig(filename="log.txt", level=logging.INFO, format="%(message)s")
if way == "dict":
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": True,
            "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
            "root": {"level": "INFO", "handlers": ["out"]},
        }
    )
if way == "warnings":
    logging.captureWarnings(True)
    logging.basicConfig(format="%(name)s %(levelname)s")
    warnings.warn("seen")
log = logging.getLogger("their.log")
log.debug("quiet")
log.info("for %s", "info")
log.warning("loud")
log.error("broken %d", "text")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("with a traceback")
print(logging.getLogger().handlers, logging.lastResort, log.isEnabledFor(logging.INFO))
print(logging.getLoggerClass(), logging.getLogger().level)
