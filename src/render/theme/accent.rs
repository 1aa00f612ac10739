//! The colour of an organisation: a shade for light ground and one for dark, both read with ease
//! (WCAG 2.2, 1.4.3).

use crate::model::Colour;

/// The contrast that words need.
const CONTRAST: f64 = 4.5;
/// The contrast at which a shade for dark ground is sought: as much as the rest of the dark theme
/// has.
const CONTRAST_IN_THE_DARK: f64 = 5.6;

/// The grounds on which the default theme writes links by day.
const LIGHT: &[&str] =
    &["#ffffff", "#f4f6f8", "#fff5d9", "#e6f2fc", "#fff9d6", "#dff5e3", "#fde6e6", "#f1ebfb"];
/// The grounds on which it writes links by night.
const DARK: &[&str] =
    &["#14171b", "#1c2127", "#38290a", "#0f2a42", "#2e2a10", "#123a20", "#45191c", "#2a2044"];

/// A colour that links can have, by day and by night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accent {
    light: Colour,
    dark: Colour,
}

/// Why a colour is no accent: it has too little contrast.
#[derive(Clone, Debug, PartialEq)]
pub struct Faint {
    /// The contrast it has where it has the least.
    pub contrast: f64,
    /// The nearest shade of it that has enough.
    pub nearest: Colour,
}

impl Accent {
    /// Returns a colour with its shade for the dark.
    ///
    /// # Errors
    /// Says that the colour is too faint.
    pub fn of(light: Colour) -> Result<Accent, Faint> {
        let contrast = contrast(light, LIGHT);
        if contrast < CONTRAST {
            let nearest = towards(light, BLACK, LIGHT, CONTRAST).unwrap_or(BLACK);
            return Err(Faint { contrast, nearest });
        }
        let (bright, needed) = (brightest(light), CONTRAST_IN_THE_DARK);
        let dark =
            towards(light, bright, DARK, needed).or_else(|| towards(bright, WHITE, DARK, needed));
        Ok(Accent { light, dark: dark.unwrap_or(WHITE) })
    }

    /// Returns the shade for light ground.
    pub fn light(&self) -> Colour {
        self.light
    }

    /// Returns the shade for dark ground.
    pub fn dark(&self) -> Colour {
        self.dark
    }
}

const BLACK: Colour = Colour([0; 3]);
const WHITE: Colour = Colour([255; 3]);

/// Returns the contrast of a colour on the ground on which it is least.
fn contrast(colour: Colour, grounds: &[&str]) -> f64 {
    let on = |ground: &&str| {
        let ground = luminance(Colour::new(ground).expect("a ground is a colour"));
        let own = luminance(colour);
        (own.max(ground) + 0.05) / (own.min(ground) + 0.05)
    };
    grounds.iter().map(on).fold(f64::INFINITY, f64::min)
}

/// Returns the relative luminance, WCAG 2.2.
fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = colour.0.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Returns the first colour on the way to another that has this contrast: the hue stays, since
/// light is mixed and not its code.
fn towards(from: Colour, end: Colour, grounds: &[&str], needed: f64) -> Option<Colour> {
    let step = |step: u32| {
        let share = f64::from(step) / 1000.0;
        let mix = |index: usize| {
            coded(linear(from.0[index]) * (1.0 - share) + linear(end.0[index]) * share)
        };
        Colour([mix(0), mix(1), mix(2)])
    };
    (0..=1000).map(step).find(|colour| contrast(*colour, grounds) >= needed)
}

/// Returns the same colour under as much light as a screen has.
fn brightest(colour: Colour) -> Colour {
    let light = colour.0.map(linear);
    let most = light.into_iter().fold(0.0, f64::max);
    if most > 0.0 { Colour(light.map(|part| coded(part / most))) } else { WHITE }
}

/// Returns how much light a code of sRGB stands for.
fn linear(code: u8) -> f64 {
    let code = f64::from(code) / 255.0;
    if code <= 0.040_45 { code / 12.92 } else { libm::pow((code + 0.055) / 1.055, 2.4) }
}

/// Returns the code of sRGB for so much light.
fn coded(light: f64) -> u8 {
    let code = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * libm::pow(light, 1.0 / 2.4) - 0.055
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 255"
    )]
    let code = (code * 255.0).round() as u8;
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::new(text).unwrap()
    }

    fn accent(text: &str) -> Result<Accent, Faint> {
        Accent::of(colour(text))
    }

    #[test]
    fn a_faint_accent_names_the_nearest_that_passes() {
        let Err(Faint { nearest, .. }) = accent("#fc0") else {
            panic!("yellow words on white are hard to read");
        };
        let accent = Accent::of(nearest).unwrap();
        assert!(contrast(accent.light(), LIGHT) < CONTRAST + 0.1, "no darker than it must be");
        assert!(contrast(accent.dark(), DARK) >= CONTRAST_IN_THE_DARK);
    }

    #[test]
    fn any_accent_that_passes_has_a_shade_for_the_dark() {
        for text in ["#000", "#00f", "#800000", "#0a58a8", "#005000"] {
            assert!(contrast(accent(text).unwrap().dark(), DARK) >= CONTRAST_IN_THE_DARK, "{text}");
        }
    }

    #[test]
    fn the_grounds_are_those_of_the_default_theme() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a test looks at the theme as it is in the repository"
        )]
        let style = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/themes/default/static/site.css"
        ))
        .unwrap();
        for ground in LIGHT.iter().chain(DARK) {
            assert!(
                style.contains(ground)
                    || (*ground == "#ffffff" && style.contains("--ground: #fff;")),
                "{ground}"
            );
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let on_white = |text: &str| contrast(colour(text), &["#fff"]);
        assert!((on_white("#000") - 21.0).abs() < 0.01);
        assert!((on_white("#767676") - 4.54).abs() < 0.01);
    }

    #[test]
    fn light_is_coded_as_srgb_has_it() {
        for (code, light) in [
            (0, 0.0),
            (10, 0.003_035),
            (11, 0.003_347),
            (128, 0.215_861),
            (188, 0.502_886),
            (255, 1.0),
        ] {
            assert!((linear(code) - light).abs() < 1e-6, "{code}: {}", linear(code));
            assert_eq!(coded(light), code);
        }
        assert!((0..=255).all(|code| coded(linear(code)) == code));
        let luminance = |text: &str| luminance(colour(text));
        assert_eq!(
            (luminance("#f00"), luminance("#0f0"), luminance("#00f")),
            (0.2126, 0.7152, 0.0722)
        );
        assert_eq!(brightest(Colour([10, 20, 40])), Colour([106, 155, 255]));
        assert_eq!(brightest(BLACK), WHITE);
    }

    #[test]
    fn a_shade_is_the_first_that_passes_and_keeps_its_hue() {
        for (text, dark) in [
            ("#0a58a8", "#81acff"),
            ("#000000", "#acacac"),
            ("#005000", "#00c800"),
            ("#0000ff", "#a4a4ff"),
        ] {
            let accent = accent(text).unwrap();
            assert_eq!(
                (accent.light().to_string(), accent.dark().to_string()),
                (text.to_owned(), dark.to_owned())
            );
        }
        let Err(Faint { contrast: least, nearest }) = accent("#3c8dde") else {
            panic!("too faint")
        };
        assert!((least - 2.912).abs() < 0.001, "{least}");
        assert_eq!(nearest.to_string(), "#2d6dae");
        let Err(Faint { contrast: least, nearest }) = accent("#ffffff") else {
            panic!("no contrast at all")
        };
        assert_eq!((least, nearest.to_string()), (1.0, "#6a6a6a".to_owned()));
        let passing = Colour::new("#2d6dae").unwrap();
        assert!(
            accent("#2d6dae").is_ok()
                && towards(passing, BLACK, LIGHT, contrast(passing, LIGHT)) == Some(passing)
        );
    }
}
