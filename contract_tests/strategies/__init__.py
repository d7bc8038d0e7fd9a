"""What tests are fed with: single edits of every property, invalid mutations, generated jobs."""
