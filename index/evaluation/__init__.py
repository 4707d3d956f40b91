"""How good retrieval and answers are on a question set: pure, but for `releases`, which reads other people's files."""
