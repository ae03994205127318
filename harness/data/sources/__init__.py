"""Where data sets can be fetched; a source delivers a file and neither reads nor trusts it."""
