//! Canonical JSON: one text for each value, so that who recomputes a record gets the same bytes and the same hash.
//!
//! Integers of 64 bits, texts, lists and maps; keys are sorted by their bytes and unique; no white space. A text holds no
//! control characters, and only `"` and `\` are escaped. What is written any other way is refused, not repaired: a reader
//! that takes two texts for one value cannot tell whether a record was altered. Deliberately absent: fractions, `true`,
//! `false`, `null` and `\u`.

use std::collections::BTreeMap;

use hustings_vocab::limits::evidence::{RECORD_BYTES_MAX, RECORD_DEPTH_MAX};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// An integer.
    Int(i64),
    /// A text without control characters.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Values by key.
    Map(BTreeMap<String, Self>),
}

/// Why a text is no canonical JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadJson {
    /// It is too long.
    #[error("{0} bytes, where {RECORD_BYTES_MAX} are the most")]
    TooLong(usize),
    /// Lists and maps in each other.
    #[error("more than {RECORD_DEPTH_MAX} lists and maps in each other")]
    TooDeep,
    /// Anything else, at this byte.
    #[error("no canonical JSON at byte {0}")]
    At(usize),
}

impl Json {
    /// A text. Control characters become spaces.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.chars().map(|c| if is_control(c) { ' ' } else { c }).collect())
    }

    /// A map.
    #[must_use]
    pub fn map<const N: usize>(pairs: [(&str, Self); N]) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// The value of a key, if this is a map that has it.
    #[must_use]
    pub fn at(&self, key: &str) -> Option<&Self> {
        if let Self::Map(map) = self { map.get(key) } else { None }
    }

    /// The integer, if it is one.
    #[must_use]
    pub const fn int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The members of a list, or nothing.
    #[must_use]
    pub fn list(&self) -> &[Self] {
        if let Self::List(list) = self { list } else { &[] }
    }

    /// The one text of this value.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::new();
        self.put(&mut out);
        out
    }

    fn put(&self, out: &mut String) {
        match self {
            Self::Int(n) => out.push_str(&n.to_string()),
            Self::Text(text) => put_text(text, out),
            Self::List(list) => {
                out.push('[');
                for (n, value) in list.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    value.put(out);
                }
                out.push(']');
            }
            Self::Map(map) => {
                out.push('{');
                for (n, (key, value)) in map.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    put_text(key, out);
                    out.push(':');
                    value.put(out);
                }
                out.push('}');
            }
        }
    }

    /// Reads a text that [`Json::encode`] could have written, and no other.
    ///
    /// # Errors
    /// [`BadJson`].
    pub fn decode(text: &[u8]) -> Result<Self, BadJson> {
        if text.len() > RECORD_BYTES_MAX {
            return Err(BadJson::TooLong(text.len()));
        }
        let text = std::str::from_utf8(text).map_err(|error| BadJson::At(error.valid_up_to()))?;
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        if reader.at < text.len() { Err(BadJson::At(reader.at)) } else { Ok(value) }
    }
}

const fn is_control(c: char) -> bool {
    c < ' '
}

fn put_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(if is_control(c) { ' ' } else { c });
    }
    out.push('"');
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    const fn bad<T>(&self) -> Result<T, BadJson> {
        Err(BadJson::At(self.at))
    }

    fn take(&mut self, byte: u8) -> Result<(), BadJson> {
        if self.peek() != Some(byte) {
            return self.bad();
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Json, BadJson> {
        if depth > RECORD_DEPTH_MAX {
            return Err(BadJson::TooDeep);
        }
        match self.peek() {
            Some(b'"') => self.string().map(Json::Text),
            Some(b'[') => self.list(depth),
            Some(b'{') => self.map(depth),
            _ => self.integer(),
        }
    }

    fn integer(&mut self) -> Result<Json, BadJson> {
        let rest = &self.text[self.at..];
        let len = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'-').count();
        let digits = &rest[..len];
        match digits.parse::<i64>() {
            // One text for each number: no `-0`, no leading zero.
            Ok(n) if n.to_string() == digits => {
                self.at += len;
                Ok(Json::Int(n))
            }
            _ => self.bad(),
        }
    }

    fn string(&mut self) -> Result<String, BadJson> {
        self.take(b'"')?;
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((n, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += n + 1;
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, c @ ('"' | '\\'))) => out.push(c),
                    _ => return Err(BadJson::At(self.at + n)),
                },
                c if is_control(c) => return Err(BadJson::At(self.at + n)),
                c => out.push(c),
            }
        }
        self.bad()
    }

    fn list(&mut self, depth: usize) -> Result<Json, BadJson> {
        self.take(b'[')?;
        let mut list = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => break,
            }
        }
        self.take(b']')?;
        Ok(Json::List(list))
    }

    fn map(&mut self, depth: usize) -> Result<Json, BadJson> {
        self.take(b'{')?;
        let mut map = BTreeMap::<String, Json>::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Map(map));
        }
        loop {
            let begin = self.at;
            let key = self.string()?;
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BadJson::At(begin));
            }
            self.take(b':')?;
            map.insert(key, self.value(depth + 1)?);
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => break,
            }
        }
        self.take(b'}')?;
        Ok(Json::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_text() {
        let value = Json::map([
            ("b", Json::List(vec![Json::Int(-1), Json::Int(0), Json::Int(i64::MIN)])),
            ("a", Json::text("say \"ja\"\n\\ é")),
            ("c", Json::map([])),
        ]);
        let text = value.encode();
        assert_eq!(text, r#"{"a":"say \"ja\" \\ é","b":[-1,0,-9223372036854775808],"c":{}}"#);
        assert_eq!(Json::decode(text.as_bytes()).unwrap(), value);
    }

    #[test]
    fn every_other_text_is_refused() {
        for bad in [
            "",
            " 1",
            "1 ",
            "01",
            "-0",
            "+1",
            "1.0",
            "1e3",
            "true",
            "null",
            "[1,]",
            "[,1]",
            "{\"a\":1,\"a\":2}",
            "{\"b\":1,\"a\":2}",
            "{\"a\" :1}",
            "\"\\u0041\"",
            "\"\\n\"",
            "\"\n\"",
            "\"",
            "[",
            "{\"a\"}",
            "99999999999999999999",
            "--1",
            "-",
            "'a'",
            "[1 ,2]",
            "1]",
        ] {
            assert!(Json::decode(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(Json::decode(b"\"\xff\"").is_err());
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(Json::decode(deep(RECORD_DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(Json::decode(deep(60_000 / 2).as_bytes()), Err(BadJson::TooDeep));
        assert_eq!(Json::decode(&[b' '; 70_000]), Err(BadJson::TooLong(70_000)));
    }
}
