//! A built page with holes: `<!--boot-->`, `<!--title-->`, `<!--meta-->` and `<!--noscript-->`, each as often as the page
//! likes. It is cut once, when the server starts; a page is then a few copies.

use crate::escape::html;

/// What goes into the holes. The title is text; the others are markup that was escaped where it was made.
#[derive(Debug)]
pub(crate) struct Holes<'a> {
    pub(crate) title: &'a str,
    pub(crate) boot: &'a str,
    pub(crate) meta: &'a str,
    pub(crate) noscript: &'a str,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Title,
    Boot,
    Meta,
    Noscript,
}

const HOLES: [(&str, Piece); 4] = [
    ("<!--title-->", Piece::Title),
    ("<!--boot-->", Piece::Boot),
    ("<!--meta-->", Piece::Meta),
    ("<!--noscript-->", Piece::Noscript),
];

impl Template {
    pub(crate) fn new(mut page: &str) -> Self {
        let mut pieces = Vec::new();
        let next = |page: &str| {
            HOLES.iter().filter_map(|(mark, hole)| Some((page.find(mark)?, mark, hole))).min_by_key(|n| n.0)
        };
        while let Some((at, mark, hole)) = next(page) {
            pieces.push(Piece::Text(page[..at].to_owned()));
            pieces.push(hole.clone());
            page = &page[at + mark.len()..];
        }
        pieces.push(Piece::Text(page.to_owned()));
        Self(pieces)
    }

    pub(crate) fn fill(&self, holes: &Holes<'_>) -> String {
        let title = html(holes.title);
        let piece = |p| match p {
            &Piece::Title => &*title,
            Piece::Boot => holes.boot,
            Piece::Meta => holes.meta,
            Piece::Noscript => holes.noscript,
            Piece::Text(text) => text,
        };
        self.0.iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hole_is_filled_wherever_it_is() {
        let page =
            Template::new("<title><!--title--></title><!--boot--><x y=\"<!--title-->\"><!-- kept --><!--noscript-->.");
        let holes = Holes { title: "a \"b\" <c>", boot: "BOOT<!--title-->", meta: "META", noscript: "NS" };
        assert_eq!(
            page.fill(&holes),
            "<title>a &quot;b&quot; &lt;c&gt;</title>BOOT<!--title--><x y=\"a &quot;b&quot; &lt;c&gt;\"><!-- kept -->NS."
        );
        assert_eq!(Template::new("no holes").fill(&holes), "no holes");
    }
}
