"""What experiments and studies share: lives on a scale, birds in boxes, mice under a quiet sky."""
