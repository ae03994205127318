"""What small figures beside the sentences of documents show, as plain values; draws and judges nothing."""
