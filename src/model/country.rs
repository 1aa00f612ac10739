//! Countries and territories by their codes of two letters, ISO 3166-1.

/// Every code, with the name that people use.
const COUNTRIES: &str = "\
    AD Andorra|AE United Arab Emirates|AF Afghanistan|AG Antigua and Barbuda|AI Anguilla|\
    AL Albania|AM Armenia|AO Angola|AQ Antarctica|AR Argentina|AS American Samoa|AT Austria|\
    AU Australia|AW Aruba|AX Åland Islands|AZ Azerbaijan|BA Bosnia and Herzegovina|BB Barbados|\
    BD Bangladesh|BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|\
    BL Saint Barthélemy|BM Bermuda|BN Brunei|BO Bolivia|BQ Bonaire|BR Brazil|BS Bahamas|BT Bhutan|\
    BV Bouvet Island|BW Botswana|BY Belarus|BZ Belize|CA Canada|CC Cocos Islands|\
    CD Democratic Republic of the Congo|CF Central African Republic|CG Congo|CH Switzerland|\
    CI Côte d'Ivoire|CK Cook Islands|CL Chile|CM Cameroon|CN China|CO Colombia|CR Costa Rica|\
    CU Cuba|CV Cabo Verde|CW Curaçao|CX Christmas Island|CY Cyprus|CZ Czechia|DE Germany|\
    DJ Djibouti|DK Denmark|DM Dominica|DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|\
    EG Egypt|EH Western Sahara|ER Eritrea|ES Spain|ET Ethiopia|FI Finland|FJ Fiji|\
    FK Falkland Islands|FM Micronesia|FO Faroe Islands|FR France|GA Gabon|GB United Kingdom|\
    GD Grenada|GE Georgia|GF French Guiana|GG Guernsey|GH Ghana|GI Gibraltar|GL Greenland|\
    GM Gambia|GN Guinea|GP Guadeloupe|GQ Equatorial Guinea|GR Greece|\
    GS South Georgia and the South Sandwich Islands|GT Guatemala|GU Guam|GW Guinea-Bissau|\
    GY Guyana|HK Hong Kong|HM Heard Island and McDonald Islands|HN Honduras|HR Croatia|HT Haiti|\
    HU Hungary|ID Indonesia|IE Ireland|IL Israel|IM Isle of Man|IN India|\
    IO British Indian Ocean Territory|IQ Iraq|IR Iran|IS Iceland|IT Italy|JE Jersey|JM Jamaica|\
    JO Jordan|JP Japan|KE Kenya|KG Kyrgyzstan|KH Cambodia|KI Kiribati|KM Comoros|\
    KN Saint Kitts and Nevis|KP North Korea|KR South Korea|KW Kuwait|KY Cayman Islands|\
    KZ Kazakhstan|LA Laos|LB Lebanon|LC Saint Lucia|LI Liechtenstein|LK Sri Lanka|LR Liberia|\
    LS Lesotho|LT Lithuania|LU Luxembourg|LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova|\
    ME Montenegro|MF Saint Martin|MG Madagascar|MH Marshall Islands|MK North Macedonia|ML Mali|\
    MM Myanmar|MN Mongolia|MO Macao|MP Northern Mariana Islands|MQ Martinique|MR Mauritania|\
    MS Montserrat|MT Malta|MU Mauritius|MV Maldives|MW Malawi|MX Mexico|MY Malaysia|MZ Mozambique|\
    NA Namibia|NC New Caledonia|NE Niger|NF Norfolk Island|NG Nigeria|NI Nicaragua|NL Netherlands|\
    NO Norway|NP Nepal|NR Nauru|NU Niue|NZ New Zealand|OM Oman|PA Panama|PE Peru|\
    PF French Polynesia|PG Papua New Guinea|PH Philippines|PK Pakistan|PL Poland|\
    PM Saint Pierre and Miquelon|PN Pitcairn|PR Puerto Rico|PS Palestine|PT Portugal|PW Palau|\
    PY Paraguay|QA Qatar|RE Réunion|RO Romania|RS Serbia|RU Russia|RW Rwanda|SA Saudi Arabia|\
    SB Solomon Islands|SC Seychelles|SD Sudan|SE Sweden|SG Singapore|SH Saint Helena|SI Slovenia|\
    SJ Svalbard and Jan Mayen|SK Slovakia|SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia|\
    SR Suriname|SS South Sudan|ST Sao Tome and Principe|SV El Salvador|SX Sint Maarten|SY Syria|\
    SZ Eswatini|TC Turks and Caicos Islands|TD Chad|TF French Southern Territories|TG Togo|\
    TH Thailand|TJ Tajikistan|TK Tokelau|TL Timor-Leste|TM Turkmenistan|TN Tunisia|TO Tonga|\
    TR Türkiye|TT Trinidad and Tobago|TV Tuvalu|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|\
    UM United States Minor Outlying Islands|US United States|UY Uruguay|UZ Uzbekistan|\
    VA Vatican City|VC Saint Vincent and the Grenadines|VE Venezuela|VG British Virgin Islands|\
    VI United States Virgin Islands|VN Vietnam|VU Vanuatu|WF Wallis and Futuna|WS Samoa|YE Yemen|\
    YT Mayotte|ZA South Africa|ZM Zambia|ZW Zimbabwe";

/// Other names that people write, and a code that is none.
const ALSO: [(&str, &str); 13] = [
    ("UK", "GB"),
    ("Great Britain", "GB"),
    ("England", "GB"),
    ("USA", "US"),
    ("U.S.", "US"),
    ("U.S.A.", "US"),
    ("United States of America", "US"),
    ("The Netherlands", "NL"),
    ("Holland", "NL"),
    ("Czech Republic", "CZ"),
    ("Turkey", "TR"),
    ("Korea", "KR"),
    ("Russian Federation", "RU"),
];

fn countries() -> impl Iterator<Item = (&'static str, &'static str)> {
    COUNTRIES.split('|').map(|country| country.split_at(2))
}

/// Returns the code of a country that is called by its name, or several with commas between them.
pub fn country_code(text: &str) -> Option<String> {
    let code = |name: &str| {
        let name = name.trim();
        let same = |other: &str| other.trim().to_lowercase() == name.to_lowercase();
        let also = ALSO.into_iter().find(|(other, _)| same(other)).map(|(_, code)| code);
        also.or_else(|| {
            let named =
                |(code, country): &(&'static str, &'static str)| same(country) || same(code);
            countries().find(named).map(|(code, _)| code)
        })
    };
    let codes: Option<Vec<&str>> = text.split(',').map(code).collect();
    Some(codes?.join(", "))
}

/// Returns true if a text is a code of a country, or several with commas between them.
pub fn is_country(text: &str) -> bool {
    text.split(',').all(|code| countries().any(|(known, _)| known == code.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_told_by_its_code() {
        assert_eq!(countries().count(), 249);
        for text in ["NO", "DE", "US, IE"] {
            assert!(is_country(text), "{text}");
        }
        for text in ["", "no", "Norway", "XX", "UK", "US,"] {
            assert!(!is_country(text), "{text}");
        }
    }

    #[test]
    fn a_country_may_be_called_by_its_name() {
        for (text, code) in [
            ("Germany", Some("DE")),
            ("germany, USA", Some("DE, US")),
            ("uk", Some("GB")),
            ("de", Some("DE")),
            ("EU", None),
            ("Germany, EU", None),
            ("", None),
        ] {
            assert_eq!(country_code(text).as_deref(), code, "{text}");
        }
    }

    #[test]
    fn a_code_stands_alone() {
        for text in [" NO ", "NO,DE , FR"] {
            assert!(is_country(text), "{text}");
        }
        for text in ["N", "NO DE", "D A", "D NO", "NO,XX", "XX,NO", ","] {
            assert!(!is_country(text), "{text}");
        }
    }
}
