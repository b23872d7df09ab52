"""A conflict of two transactions, as the database tells the slower one of it."""


def conflict(env):
    """Fail as what comes too late fails.

    :raise psycopg2.errors.SerializationFailure: always
    """
    env.cr.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$")
