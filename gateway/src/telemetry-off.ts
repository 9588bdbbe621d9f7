// Debe importarse ANTES que @apollo/gateway: si no, avisa a sus autores en cada arranque.
process.env.APOLLO_TELEMETRY_DISABLED ??= '1';
