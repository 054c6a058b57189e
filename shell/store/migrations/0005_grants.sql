-- What those who run a conversation have decided about single seats, over what the seats' tokens say.
CREATE TABLE grants (
    slug       TEXT   NOT NULL,
    seat       TEXT   NOT NULL,
    decision   TEXT   NOT NULL,
    decided_ms BIGINT NOT NULL,
    PRIMARY KEY (slug, seat)
);
