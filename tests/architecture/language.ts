type Language = 'es' | 'en' | 'unknown';

// Palabras que una frase no puede evitar y que la otra lengua no tiene. Fuera quedan las de las dos: «no», «a», «me», «son», «has».
const spanish = new Set(
  `de la el los las un una unos que en y se es por para con del al lo como más su sus si cada sin ya esta este esto
  estas estos eso esa ese pero cuando donde quien aquí así también solo sólo entre hasta desde sobre porque ni nada todo
  toda todos todas otro otra otros otras hay puede pueden debe deben está están fue ser tiene tienen sería serían hace
  antes después mientras aunque según cuál qué cómo dos tres vez veces siempre nunca nadie alguien mismo misma le les
  nos e u sino tras ante bajo va van queda quedan dice dicen lleva llevan`.split(/\s+/),
);
const english = new Set(
  `the of and to is are was were be been for with that this these those it its by an or not from which when who whom
  whose what where why how there here they their them then than only one each every any all some other others into
  out up so if but can could may might must should would will do does did done has have had no-one nothing nobody
  until while because before after again never always once own more most less without within about between at on in
  as you your we our what's it's doesn't don't isn't can't`.split(/\s+/),
);
const spanishLetters = /[áéíóúñ¿¡]/;
/** Con menos señales no se juzga: `// UTF-8` no está en ninguna lengua. */
const enough = 2;

/** El código y lo citado hablan la lengua de otro. */
const withoutQuotes = (text: string): string => text.replace(/`[^`]*`|«[^»]*»|"[^"]*"|https?:\S+/g, ' ');

export function languageOf(text: string): Language {
  const words = withoutQuotes(text)
    .toLowerCase()
    .match(/[\p{L}']+/gu);
  let [es, en] = [0, 0];
  for (const word of words ?? []) {
    if (spanish.has(word) || spanishLetters.test(word)) es += 1;
    else if (english.has(word)) en += 1;
  }
  if (Math.max(es, en) < enough || es === en) return 'unknown';
  return es > en ? 'es' : 'en';
}
