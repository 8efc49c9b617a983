"""Maps that people design: sketches of a stream without data, and future states of one that is measured."""
