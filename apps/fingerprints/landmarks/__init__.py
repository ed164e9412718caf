"""Finding recordings under other sound, or at another speed, pitch or tempo, by spectral peaks.

Pure: numpy, scipy and numba. `find_peaks` once for each recording; `keep` says which of them are
stored and paired, `packed` how; `MarkStore` holds them, `find_marked` asks for a query. Only
workers load it (but for `packed`, numpy alone): numba compiles on first use.
"""
