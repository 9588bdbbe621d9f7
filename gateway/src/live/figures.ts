/** Contadores del motor. Los lee /metrics; ninguno decide nada. */
export class LiveFigures {
  members = 0;
  groups = 0;
  /** Abiertas ahora hacia los subgrafos: las de grupo, las privadas y las fotos. */
  upstreams = 0;
  upstreamsOpened = 0;
  /** Reabiertas tras perderse, con el último cursor si lo hay. */
  upstreamsResumed = 0;
  /** Fotos del presente pedidas aparte para quien llega sin cursor a un grupo en marcha. */
  snapshots = 0;
  /** Suscriptores que dejaron su subida privada al hallar su cursor en el anillo. */
  joined = 0;
  ringFrames = 0;
  privateFrames = 0;
  /** Veces que se ejecutaron las uniones de entidades. */
  tails = 0;
}
