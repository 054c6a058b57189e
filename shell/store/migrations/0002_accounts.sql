-- People: accounts and how they sign in, who has which role in a conversation, and the log of acts. Secrets are here as
-- hashes alone. Times are milliseconds since 1970.
CREATE TABLE accounts (
    id               TEXT   NOT NULL PRIMARY KEY,
    handle           TEXT   NOT NULL UNIQUE,
    name             TEXT   NOT NULL,
    email            TEXT   UNIQUE,
    password         TEXT,
    role             TEXT   NOT NULL,
    affiliation      TEXT,
    interests        TEXT,
    created_ms       BIGINT NOT NULL,
    suspended_ms     BIGINT,
    suspended_reason TEXT
);

CREATE INDEX accounts_suspended ON accounts (suspended_ms) WHERE suspended_ms IS NOT NULL;

-- A session is found by the hash of its secret, and named by its id where it is shown.
CREATE TABLE sessions (
    hash       TEXT   NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    label      TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms    BIGINT NOT NULL
);

CREATE INDEX sessions_by_account ON sessions (account, seen_ms);

-- A passkey's public key, as its library writes it.
CREATE TABLE passkeys (
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    name       TEXT   NOT NULL,
    credential TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT
);

CREATE INDEX passkeys_by_account ON passkeys (account, created_ms);

-- Links that sign somebody in once.
CREATE TABLE sign_in_links (
    hash       TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    purpose    TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT
);

CREATE INDEX sign_in_links_by_account ON sign_in_links (account);

-- What somebody's account makes them in a conversation.
CREATE TABLE hosts (
    slug    TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    role    TEXT NOT NULL,
    PRIMARY KEY (slug, account)
);

CREATE INDEX hosts_by_account ON hosts (account, slug);

-- The log of acts. Each row holds the hash of the one before it and its own; nothing updates or deletes here.
CREATE TABLE audit_log (
    seq      BIGINT NOT NULL PRIMARY KEY,
    at_ms    BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    act      TEXT   NOT NULL,
    subject  TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    details  TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    hash     TEXT   NOT NULL
);

CREATE INDEX audit_log_by_subject ON audit_log (subject, seq);
CREATE INDEX audit_log_by_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_by_act ON audit_log (act, seq);

-- The last row's number and hash. Every act begins by taking the next number here, which makes acts wait for each other:
-- so the numbers have no holes on either database.
CREATE TABLE audit_head (
    one  BIGINT NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);

INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');
