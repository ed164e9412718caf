"""Finding recordings under other sound, or at another speed, pitch or tempo, by spectral peaks.

Pure: numpy, scipy and numba. `find_peaks` once for each recording, `MarkIndex` over the references,
`find_marked` for a query. Only workers load it: numba compiles on first use.
"""
