"""The register of enrolled voices: proofs and consent, encryption, deletion, comparison."""
