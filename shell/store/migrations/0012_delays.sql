-- Why a conversation begins later, in the host's own words; empty if nothing is said.

ALTER TABLE conversations ADD COLUMN delay TEXT NOT NULL DEFAULT '';
