-- Without statistics SQLite took this index for what is open, and so read all that is public to list what is open. Those by phase
-- and by end serve the lists.
DROP INDEX conversations_by_visibility;
