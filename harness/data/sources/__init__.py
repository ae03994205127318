"""Where data sets can be had from; a source brings a file and neither reads nor trusts it."""
