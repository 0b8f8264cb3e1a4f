// The task file and its bits. ATA/ATAPI-6 (T13 1410D), 7 Interface register definitions.

export const DATA = 0, ERROR = 1, FEATURES = 1, COUNT = 2, LBA_LOW = 3, LBA_MID = 4, LBA_HIGH = 5, DEVICE = 6, STATUS = 7, COMMAND = 7;

export const STATUS_BSY = 0x80, STATUS_DRDY = 0x40, STATUS_DF = 0x20, STATUS_DSC = 0x10, STATUS_DRQ = 0x08, STATUS_ERR = 0x01;
export const ERROR_ABORT = 0x04, ERROR_NOT_FOUND = 0x10;
export const DEVICE_LBA = 0x40, DEVICE_SLAVE = 0x10;
export const CONTROL_NIEN = 0x02, CONTROL_RESET = 0x04, CONTROL_HOB = 0x80;
