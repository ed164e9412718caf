"""What the technical findings mean."""

from apps.screening.finding_text import FindingText

TECHNICAL_TEXTS: dict[str, FindingText] = {
    "truncated": FindingText(
        "The audio stops early",
        "The file says it is longer than the audio in it, so part of your track is missing.",
        "Decoded length is shorter than the header claims by more than 1 s and 2 %.",
        "Export the track again, check that it plays to the end, and upload the new file.",
    ),
    "decode_errors": FindingText(
        "Damaged parts in the file",
        "Parts of the file could not be read, so listeners may hear gaps or noise.",
        "The decoder reported errors; score grows with their number.",
        "Export the track again and upload the new file.",
    ),
    "extension_mismatch": FindingText(
        "The file name does not fit its content",
        "The ending of the file name says one format, the content is another.",
        "A lossy file renamed to look lossless is the usual reason.",
        "Export the track from your session in the format that the name says.",
    ),
    "trailing_data": FindingText(
        "Extra data after the audio",
        "The file goes on after the audio ends. We do not know what that is.",
        "Bytes behind the last frame or chunk; a second file may be hidden there.",
        "Export the track again and upload the new file.",
    ),
    "silent_recording": FindingText(
        "There is nothing to hear",
        "The whole file is silent.",
        "No sample rises above -60 dBFS.",
        "Check the export settings of your session and upload the track again.",
    ),
    "silence_start": FindingText(
        "Silence at the start",
        "The track begins with silence.",
        "Score 1.0 means 10 s or more below the silence floor.",
        "Cut the silence off, unless it is meant to be there.",
    ),
    "silence_end": FindingText(
        "Silence at the end",
        "The track ends with silence.",
        "Score 1.0 means 10 s or more below the silence floor.",
        "Cut the silence off, unless it is meant to be there.",
    ),
    "silence_middle": FindingText(
        "Silence inside the track",
        "The music stops and there is silence before it goes on.",
        "Score 1.0 means a pause of 10 s or more; hidden tracks look like this.",
        "If part of the music is missing, export again. Upload a hidden track as its own track.",
    ),
    "dropout": FindingText(
        "Short gaps in the sound",
        "The sound is cut off and comes back at once, as if samples were missing.",
        "Digital zero between two abrupt edges; gated or stuttered music can look the same.",
        "Listen to the marked seconds. If the gaps are not meant, export the track again.",
    ),
    "clipping": FindingText(
        "Clipped peaks",
        "The loudest peaks are cut flat, which sounds like distortion.",
        "Runs of equal samples at the file's own ceiling; score 1.0 means 0.1 % of all samples.",
        "Lower the level before the last export, or use a limiter that does not clip.",
    ),
    "dc_offset": FindingText(
        "The waveform is off centre",
        "The signal does not swing around zero, which costs loudness and can click.",
        "Mean of the samples; score 1.0 means 5 % of full scale.",
        "Remove the DC offset in your audio editor and export again.",
    ),
    "one_sided": FindingText(
        "One side is silent or far too quiet",
        "The music is heard almost only in one ear.",
        "Level difference of the two channels; score 1.0 means 60 dB or a silent side.",
        "Check the panning and the cables, and export again in stereo or mono.",
    ),
    "fake_stereo": FindingText(
        "Both sides are the same",
        "The file is stereo, but left and right are identical: it is a mono recording.",
        "Difference of left and right is nothing (score 1.0) or below -60 dB (score 0.9).",
        "Nothing, if the recording is mono. Otherwise export your stereo mix again.",
    ),
    "out_of_phase": FindingText(
        "The sides cancel each other out",
        "Left and right are mirror images: on a single loudspeaker the music nearly disappears.",
        "Correlation of left and right is below -0.5; the score is its size.",
        "Invert the polarity of one channel and export again.",
    ),
    "short_recording": FindingText(
        "Very short track",
        "The track is shorter than 30 seconds; most stores do not count plays of it.",
        "Decoded length below 30 s.",
        "Check that you uploaded the full track.",
    ),
    "loudness": FindingText(
        "Loudness",
        "How loud your track is. Stores turn loud tracks down and often quiet ones up.",
        "EBU R128: integrated loudness, loudness range, true peak. A measurement, not a fault.",
        "Nothing to do.",
    ),
    "true_peak_over": FindingText(
        "Peaks above full scale",
        "Between the samples the signal goes above full scale; players and encoders may distort.",
        "True peak above 0 dBTP (ITU-R BS.1770); score 1.0 means +3 dBTP.",
        "Lower the level by a few decibels, or set the limiter's true-peak ceiling to -1 dBTP.",
    ),
    "lossy_source": FindingText(
        "Made from a compressed file",
        "The file is lossless, but its sound has been through MP3, AAC or the like before.",
        "The spectrum ends in a wall where encoders cut; see the edge and the holes below it.",
        "Export from your session or the original master, not from a downloaded or sent copy.",
    ),
    "low_sample_rate": FindingText(
        "Low sample rate",
        "The recording has fewer samples per second than stores expect, so treble is missing.",
        "Source rate below 44,100 Hz.",
        "Export at 44.1 kHz or higher from the original session.",
    ),
    "low_bit_depth": FindingText(
        "Low bit depth",
        "The samples are coarser than stores expect, which adds noise.",
        "Lossless source with fewer than 16 bits per sample.",
        "Export with 16 or 24 bits from the original session.",
    ),
    "not_stereo": FindingText(
        "More than two channels",
        "The file has more than two channels; stores expect mono or stereo here.",
        "Surround and multichannel files are delivered by another way.",
        "Export a stereo mix and upload it.",
    ),
}
