"""A small table of real education codes, as Danmarks Statistik's public DISCED-15 value set lists them.

Belongs here: the 60 codes the synthetic registers use, in the columns of the full table.
Does not belong here: which person gets which code (`traits.py`).

HFAUDD is an identifier: its first digits are not the level (9811 is AMU, 9999 unknown, 1353 preparatory).
"""

from __future__ import annotations

HFAUDD_CSV = """\
HFAUDD;HFAUDD_TEKST;HOVEDOMRAADE;HOVEDOMRAADE_TEKST;UDDANNELSESGRUPPE
0001;Ingen uddannelse ivu;10;Grundskole;1001
1006;6. klasse;10;Grundskole;1010
1007;7. klasse;10;Grundskole;1020
1008;8. klasse;10;Grundskole;1020
1009;9. klasse;10;Grundskole;1020
1010;10. klasse;10;Grundskole;1030
1353;Erhvervsintroduktion, kurser for kvinder;15;Forberedende uddannelser;1520
1901;Produktionsskole;15;Forberedende uddannelser;1520
5015;Tf-kursus;15;Forberedende uddannelser;1520
0215;Studentereksamen mv., ivu;20;Gymnasiale uddannelser;2030
1042;1.g, sproglig linie;20;Gymnasiale uddannelser;2010
1539;Hf;20;Gymnasiale uddannelser;2010
5080;Htx, 3-årig;20;Gymnasiale uddannelser;2020
5090;Hhx, 3-årig;20;Gymnasiale uddannelser;2020
1302;Dansk 2;25;Danskundervisning ved sprogcentre;2510
1303;Dansk 3, almenprøve 2;25;Danskundervisning ved sprogcentre;2510
1304;Dansk 3, studieprøven;25;Danskundervisning ved sprogcentre;2510
3232;Sundhed, omsorg og pædagogik;29;Erhvervsfaglige grundforløb;2910
3233;Kontor, handel og forretningsservice;29;Erhvervsfaglige grundforløb;2915
4710;Det merkantile område;29;Erhvervsfaglige grundforløb;2915
3248;Elektriker 1;30;Erhvervsfaglige uddannelser;3040
4278;Murer;30;Erhvervsfaglige uddannelser;3035
4283;Tømrer;30;Erhvervsfaglige uddannelser;3035
4488;Frisør;30;Erhvervsfaglige uddannelser;3030
4780;Social- og sundhedshjælper (eud);30;Erhvervsfaglige uddannelser;3010
4781;Social- og sundhedsassistent (eud);30;Erhvervsfaglige uddannelser;3010
4984;Kontor, offentlig administration;30;Erhvervsfaglige uddannelser;3015
5147;Social- og sundhedshjælper;30;Erhvervsfaglige uddannelser;3010
5152;Social- og sundhedsassistent;30;Erhvervsfaglige uddannelser;3010
1190;Gymnasial indslusning for flygtninge GIF;35;Adgangsgivende uddannelsesforløb;3510
4059;Værkstedsskoleforløb, stærkstrømsteknik;35;Adgangsgivende uddannelsesforløb;3530
5299;Adgangseksamen til ingeniøruddannelsen;35;Adgangsgivende uddannelsesforløb;3520
3601;Amu.met, transportteknisk område;39;Arbejdsmarkedsuddannelser, AMU;3965
9811;Sp., anlægsområdet;39;Arbejdsmarkedsuddannelser, AMU;3998
3350;Akademiuddannelse i byggekoordination;40;Korte videregående uddannelser, KVU;4058
5042;Indkøbstekniker;40;Korte videregående uddannelser, KVU;4038
5199;Fængselsbetjent;40;Korte videregående uddannelser, KVU;4095
5234;Designteknolog, marketing;40;Korte videregående uddannelser, KVU;4058
3180;Procesteknologi, prof.bach.;50;Mellemlange videregående uddannelser, MVU;5075
3278;Finansielle forretninger, prof.bach.;50;Mellemlange videregående uddannelser, MVU;5038
3329;Folkeskolelærer,bach.;50;Mellemlange videregående uddannelser, MVU;5020
4102;Skibsteknik og Marin konstruktion, prof.bach;50;Mellemlange videregående uddannelser, MVU;5058
5166;Sygeplejerske, prof.bach.;50;Mellemlange videregående uddannelser, MVU;5089
3027;Maskinkonstruktion, ing.bach.;60;Bacheloruddannelser, BACH;6059
5165;Klinisk biomekanik, bach.;60;Bacheloruddannelser, BACH;6090
7062;Økonomi, bach.;60;Bacheloruddannelser, BACH;6039
8040;Medicinalkemi, bach.;60;Bacheloruddannelser, BACH;6035
3137;Lægemiddelvidenskab, cand.scient.;70;Lange videregående uddannelser, LVU;7090
3535;International Food Quality and Health, cand.scient.;70;Lange videregående uddannelser, LVU;7059
5433;Tandlæge, cand.odont.;70;Lange videregående uddannelser, LVU;7090
7941;Klassisk instrument-sang-ensemble, kand.;70;Lange videregående uddannelser, LVU;7030
7200;Kommunikation, ph.d.;80;Ph.d. og forskeruddannelser;8025
7235;Teologi, ph.d.;80;Ph.d. og forskeruddannelser;8025
9258;Dr.polit.;80;Ph.d. og forskeruddannelser;8039
0000;Afbrudt;90;Uoplyst mv.;9099
0002;Ikke igang;90;Uoplyst mv.;9099
1090;Uoplyst (kendt i elevregistret);90;Uoplyst mv.;9099
1095;Uoplyst (indvandrernes uddannelse);90;Uoplyst mv.;9099
1099;Uoplyst (ukendt i elevregistret);90;Uoplyst mv.;9099
9999;Igang;90;Uoplyst mv.;9099
"""


def codes_by_level() -> dict[int, tuple[str, ...]]:
    """HFAUDD codes by hovedområde (10 grundskole, …, 90 unknown)."""
    levels: dict[int, list[str]] = {}
    for line in HFAUDD_CSV.splitlines()[1:]:
        code, _, level, *_ = line.split(";")
        levels.setdefault(int(level), []).append(code)
    return {level: tuple(codes) for level, codes in levels.items()}
