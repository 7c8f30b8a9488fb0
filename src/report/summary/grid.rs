//! Columns of text on a terminal, where a Chinese character is two cells wide.

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells, padded to one width for each column.
#[derive(Debug)]
pub struct Grid {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
    heading: bool,
}

impl Grid {
    /// An empty grid.
    pub fn new(aligns: &[Align]) -> Self {
        Grid { aligns: aligns.to_vec(), rows: Vec::new(), heading: false }
    }

    /// The first row, underlined in ASCII.
    pub fn heading<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.insert(0, cells.into());
        self.heading = true;
    }

    /// One more row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// The text, each line after `indent`, without spaces at the ends of lines.
    pub fn lines(&self, indent: &str) -> String {
        let widths: Vec<usize> =
            (0..self.aligns.len()).map(|c| self.rows.iter().filter_map(|r| r.get(c)).map(|t| width(t)).max().unwrap_or(0)).collect();
        let mut out = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            self.line(row, &widths, indent, &mut out);
            if i == 0 && self.heading {
                let rules: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
                self.line(&rules, &widths, indent, &mut out);
            }
        }
        out
    }

    fn line(&self, row: &[String], widths: &[usize], indent: &str, out: &mut String) {
        out.push_str(indent);
        for (c, (cell, target)) in row.iter().zip(widths).enumerate() {
            out.push_str(if c == 0 { "" } else { "  " });
            let padding = " ".repeat(target.saturating_sub(width(cell)));
            match self.aligns[c] {
                Align::Left => out.extend([cell.as_str(), &padding]),
                Align::Right => out.extend([padding.as_str(), cell]),
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
}

/// A text from an input file as a terminal may show it: no control characters, at most 28 cells wide.
pub fn plain(text: &str) -> String {
    const MOST: usize = 28;
    // Marks that turn the direction of writing can make a line read as another.
    let harmless = |c: char| !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = text.chars().filter(|c| harmless(*c)).collect();
    if width(&clean) <= MOST {
        return clean;
    }
    let mut short = String::new();
    for c in clean.chars() {
        short.push(c);
        if width(&short) > MOST - 2 {
            short.pop();
            break;
        }
    }
    short + ".."
}

/// Cells of a terminal that a text takes.
#[cfg(feature = "cli")]
fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Cells of a terminal that a text takes, near enough without the tables of the `cli` feature.
#[cfg(not(feature = "cli"))]
fn width(text: &str) -> usize {
    text.chars().map(|c| if (c as u32) < 0x1100 { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_and_latin_cells_stand_under_each_other() {
        let mut grid = Grid::new(&[Align::Left, Align::Right]);
        grid.heading(["社区".into(), "人数".into()]);
        grid.row(["north".into(), "7".into()]);
        grid.row(["潞州".into(), "12345".into()]);
        let expected = "社区    人数\n-----  -----\nnorth      7\n潞州   12345\n";
        assert_eq!(grid.lines(""), expected);
    }

    #[test]
    fn texts_of_files_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mred\r\n\u{202e}b"), "a[31mredb");
        assert_eq!(plain("一二三四五六七八九十一二三四五"), "一二三四五六七八九十一二三..");
        assert_eq!(plain("一二三四五六七八九十一二三四"), "一二三四五六七八九十一二三四");
    }
}
