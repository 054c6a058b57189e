-- What is announced of a conversation beside its title and start; lists are JSON. Each edit counts `version`.
ALTER TABLE conversations ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN language TEXT;
ALTER TABLE conversations ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE conversations ADD COLUMN guests TEXT NOT NULL DEFAULT '[]';
ALTER TABLE conversations ADD COLUMN zone TEXT;
ALTER TABLE conversations ADD COLUMN length_min BIGINT;
ALTER TABLE conversations ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';
ALTER TABLE conversations ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE conversations ADD COLUMN moved_from_ms BIGINT;
ALTER TABLE conversations ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN series TEXT;
ALTER TABLE conversations ADD COLUMN stays BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN created_by TEXT;
ALTER TABLE conversations ADD COLUMN changed_ms BIGINT;
-- Who made it and their Idempotency-Key: a request that comes twice makes one.
ALTER TABLE conversations ADD COLUMN request_key TEXT;

CREATE UNIQUE INDEX conversations_by_request ON conversations (request_key);
CREATE INDEX conversations_by_series ON conversations (series, starts_ms);
CREATE INDEX conversations_by_creator ON conversations (created_by, created_ms, slug);
-- The list of what is public: what is not over by its start, what is over by its end.
CREATE INDEX conversations_by_visibility ON conversations (visibility, ended_ms, starts_ms);
CREATE INDEX conversations_by_end ON conversations (ended_ms, starts_ms);

-- Invitations by link. Of the secret there is only the SHA-256, in base64url. uses_max NULL: as many as come.
CREATE TABLE invitations (
    id          TEXT   NOT NULL PRIMARY KEY,
    slug        TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    label       TEXT   NOT NULL DEFAULT '',
    name        TEXT   NOT NULL DEFAULT '',
    secret_hash TEXT   NOT NULL,
    uses_max    BIGINT,
    uses        BIGINT NOT NULL DEFAULT 0,
    expires_ms  BIGINT,
    revoked_ms  BIGINT,
    created_by  TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL
);

CREATE UNIQUE INDEX invitations_by_secret ON invitations (secret_hash);
CREATE INDEX invitations_by_conversation ON invitations (slug, created_ms, id);

-- The seats that an invitation was accepted as. expires_ms is when the last token that was issued for it ends.
CREATE TABLE invitation_seats (
    invitation TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    slug       TEXT   NOT NULL,
    seat       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    expires_ms BIGINT NOT NULL,
    revoked    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (invitation, number)
);

CREATE INDEX invitation_seats_revoked ON invitation_seats (revoked, expires_ms);
