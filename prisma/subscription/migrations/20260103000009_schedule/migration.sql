-- Lo que se hace por reloj. Tiene una sola forma en todas las bases que lo tienen.
CREATE TABLE "schedule" (
    "name" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "next_due" TIMESTAMPTZ(3) NOT NULL,
    "running_since" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "answered" INTEGER NOT NULL DEFAULT 0,
    "runs" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_started" TIMESTAMPTZ(3),
    "last_finished" TIMESTAMPTZ(3),
    "last_outcome" TEXT,
    "last_result" TEXT,
    "last_error" TEXT,

    CONSTRAINT "schedule_pkey" PRIMARY KEY ("name")
);
