-- Names at providers of identities (OpenID Connect), by which somebody signs in to an account. Times are milliseconds since 1970.
CREATE TABLE identities (
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    email      TEXT,
    created_ms BIGINT NOT NULL,
    used_ms    BIGINT,
    UNIQUE (issuer, subject)
);

CREATE INDEX identities_by_account ON identities (account, created_ms);
