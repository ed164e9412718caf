"""Listening for lines: the regular pattern that neural decoders leave in the sound they make.

A decoder makes samples from a slower series of features by upsampling with a stride, often several
times. Whatever is constant in the features comes out repeated with the stride's period, that is, as
lines in the spectrum at multiples of rate / period, narrow and standing still however the music
moves. Theory: sampling (a zero-stuffed series has images of its spectrum at all multiples of its
own rate). Nothing here is learnt from anybody's recordings.
"""
