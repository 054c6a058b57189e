-- What is prepared for a conversation: clips, whose sound is a file in the data folder; what its lobby sounds of ("default", or
-- a clip; nothing where there is no row); and its cover, as JSON, whose two sizes are files beside the clips.
CREATE TABLE clips (
    slug      TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    title     TEXT   NOT NULL,
    length_ms BIGINT NOT NULL,
    added_ms  BIGINT NOT NULL,
    PRIMARY KEY (slug, id)
);

CREATE TABLE lobby_sounds (
    slug  TEXT NOT NULL PRIMARY KEY,
    sound TEXT NOT NULL
);

ALTER TABLE conversations ADD COLUMN cover TEXT;
