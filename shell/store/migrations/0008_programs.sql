-- Programs of others: keys by which they ask, addresses at which they are told, and what waits to be told. Times are
-- milliseconds since 1970.

-- A key is found by the hash of its secret, and named by its id where it is shown. Scopes are names between spaces.
CREATE TABLE api_keys (
    hash       TEXT   NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL UNIQUE,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    name       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    used_ms    BIGINT
);

CREATE INDEX api_keys_by_account ON api_keys (account, created_ms);

-- Without an account a webhook is the site's. Its secret signs, so it is here as it is. Occasions are names between spaces.
CREATE TABLE webhooks (
    id         TEXT   NOT NULL PRIMARY KEY,
    account    TEXT   REFERENCES accounts (id),
    url        TEXT   NOT NULL,
    secret     TEXT   NOT NULL,
    occasions  TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    dropped    BIGINT NOT NULL
);

CREATE INDEX webhooks_by_account ON webhooks (account, created_ms);

-- What a webhook is told. `due_ms` is absent when it is done.
CREATE TABLE webhook_deliveries (
    id         TEXT   NOT NULL PRIMARY KEY,
    webhook    TEXT   NOT NULL REFERENCES webhooks (id),
    occasion   TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    fate       TEXT   NOT NULL,
    tries      BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    due_ms     BIGINT,
    answer     TEXT
);

CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook, created_ms, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (due_ms, webhook) WHERE due_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook, due_ms) WHERE due_ms IS NOT NULL;
