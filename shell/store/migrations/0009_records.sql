-- What opens its doors next, which is asked every two seconds.
CREATE INDEX conversations_by_start ON conversations (phase, starts_ms);
