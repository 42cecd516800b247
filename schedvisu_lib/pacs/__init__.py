"""Ask the archive, keep only header facts: from a PACS to series."""

import logging

from pydicom import config

# Odd values of real devices are looked at by the rules; what pydicom says of them may quote them.
config.settings.reading_validation_mode = config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL)
