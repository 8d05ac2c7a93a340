-- Sets up an account for medform with least privilege. Run it as a user who has ACCOUNTADMIN; again does no harm.
-- The database is EHR_PROD (configOverride.defaultDatabase), schemas are those of the project: put your own names in their
-- place. docs/snowflake.md tells what each role is for, docs/ledger.md what the tables of MEDFORM are.

use role ACCOUNTADMIN;

-- Roles: who owns the history is not who runs, and who reads can write nothing.
create role if not exists MEDFORM_OWNER;
create role if not exists MEDFORM_RUNNER;
create role if not exists MEDFORM_LOADER;
create role if not exists MEDFORM_READER;
create role if not exists MEDFORM_AUDITOR;
grant role MEDFORM_OWNER to role SYSADMIN;
grant role MEDFORM_RUNNER to role SYSADMIN;
grant role MEDFORM_LOADER to role SYSADMIN;
grant role MEDFORM_READER to role SYSADMIN;
grant role MEDFORM_AUDITOR to role SYSADMIN;

-- Compute by purpose, so that reads, refreshes, loads and audits do not queue behind one another. All sleep after a minute.
create warehouse if not exists MEDFORM_REFRESH warehouse_size = 'SMALL' auto_suspend = 60 auto_resume = true initially_suspended = true comment = 'medform run, plan, assert';
create warehouse if not exists MEDFORM_LOAD warehouse_size = 'XSMALL' auto_suspend = 60 auto_resume = true initially_suspended = true comment = 'medform load';
create warehouse if not exists MEDFORM_READ warehouse_size = 'XSMALL' auto_suspend = 60 auto_resume = true initially_suspended = true comment = 'medform show, dashboards';
create warehouse if not exists MEDFORM_AUDIT warehouse_size = 'XSMALL' auto_suspend = 60 auto_resume = true initially_suspended = true comment = 'medform audit, status';
grant usage on warehouse MEDFORM_REFRESH to role MEDFORM_RUNNER;
grant usage on warehouse MEDFORM_LOAD to role MEDFORM_LOADER;
grant usage on warehouse MEDFORM_READ to role MEDFORM_READER;
grant usage on warehouse MEDFORM_READ to role MEDFORM_RUNNER;
grant usage on warehouse MEDFORM_AUDIT to role MEDFORM_AUDITOR;
grant usage on warehouse MEDFORM_AUDIT to role MEDFORM_RUNNER;

-- Credits a month: a word at 80 %, and at 100 % nothing new begins. Choose your own figure.
create resource monitor if not exists MEDFORM_MONTHLY with credit_quota = 100 frequency = monthly start_timestamp = immediately triggers on 80 percent do notify on 100 percent do suspend;
alter warehouse MEDFORM_REFRESH set resource_monitor = MEDFORM_MONTHLY;
alter warehouse MEDFORM_LOAD set resource_monitor = MEDFORM_MONTHLY;
alter warehouse MEDFORM_READ set resource_monitor = MEDFORM_MONTHLY;
alter warehouse MEDFORM_AUDIT set resource_monitor = MEDFORM_MONTHLY;

-- What is bound to statements, the key of hashed identifiers above all, could else be read for a week, by bind_values(), by
-- whoever may monitor or operate the warehouse.
alter account set allow_bind_values_access = false;

-- The database. Each role makes its own schemas below, and so owns them.
create database if not exists EHR_PROD;
grant usage on database EHR_PROD to role MEDFORM_OWNER;
grant usage on database EHR_PROD to role MEDFORM_RUNNER;
grant usage on database EHR_PROD to role MEDFORM_LOADER;
grant usage on database EHR_PROD to role MEDFORM_READER;
grant usage on database EHR_PROD to role MEDFORM_AUDITOR;
grant create schema on database EHR_PROD to role MEDFORM_OWNER;
grant create schema on database EHR_PROD to role MEDFORM_RUNNER;
grant create schema on database EHR_PROD to role MEDFORM_LOADER;

-- Landing tables are the loader's. A source that was never loaded is made empty by a run, and is the loader's all the same.
use role MEDFORM_LOADER;
create schema if not exists EHR_PROD.RAW;
grant usage on schema EHR_PROD.RAW to role MEDFORM_RUNNER;
grant create table on schema EHR_PROD.RAW to role MEDFORM_RUNNER;
use role ACCOUNTADMIN;
grant select on future tables in schema EHR_PROD.RAW to role MEDFORM_RUNNER;
grant ownership on future tables in schema EHR_PROD.RAW to role MEDFORM_LOADER;

-- The schemas of models are the runner's. Clinicians read gold, whatever will be built there, and nothing beneath it: a view reads
-- with its owner's rights.
use role MEDFORM_RUNNER;
create schema if not exists EHR_PROD.BRONZE;
create schema if not exists EHR_PROD.SILVER;
create schema if not exists EHR_PROD.GOLD;
create schema if not exists EHR_PROD.ASSERTIONS;
grant usage on schema EHR_PROD.GOLD to role MEDFORM_READER;
use role ACCOUNTADMIN;
grant select on future tables in schema EHR_PROD.GOLD to role MEDFORM_READER;
grant select on future views in schema EHR_PROD.GOLD to role MEDFORM_READER;

-- The history. Its owner makes the tables, so that who runs can add to them and change no record.
use role MEDFORM_OWNER;
create schema if not exists EHR_PROD.MEDFORM;
create table if not exists EHR_PROD.MEDFORM.LEDGER ("CHAIN" varchar not null, "SEQ" varchar not null, "AT" varchar not null, "KIND" varchar not null, "SUBJECT" varchar not null, "OUTCOME" varchar not null, "BODY" varchar not null, "PREV_HASH" varchar not null, "HASH" varchar not null);
create table if not exists EHR_PROD.MEDFORM.LEDGER_HEAD (CHAIN varchar, SEQ varchar, HASH varchar);
insert into EHR_PROD.MEDFORM.LEDGER_HEAD (CHAIN, SEQ, HASH) select v.CHAIN, v.SEQ, v.HASH from (values ('main', '00000000', '0000000000000000000000000000000000000000000000000000000000000000'), ('seal', '00000000', '0000000000000000000000000000000000000000000000000000000000000000')) as v(CHAIN, SEQ, HASH) where not exists (select 1 from EHR_PROD.MEDFORM.LEDGER_HEAD);
create table if not exists EHR_PROD.MEDFORM.LEASE (NAME varchar not null, TOKEN number(38, 0) not null, OWNER varchar not null, RUN_ID varchar not null, PID number(38, 0) not null, HOST varchar not null, COMMAND varchar not null, SINCE varchar not null, HEARTBEAT timestamp_ntz(9) not null);
create table if not exists EHR_PROD.MEDFORM.PUBLICATION (DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, TOKEN number(38, 0) not null, RUN_ID varchar not null, FINGERPRINT varchar not null, REVISION number(38, 0) not null);
create table if not exists EHR_PROD.MEDFORM.PENDING (BATCH varchar not null, POSITION number(38, 0) not null, DATABASE_NAME varchar not null, SCHEMA_NAME varchar not null, NAME varchar not null, KIND varchar not null, STATEMENT varchar not null);

grant usage on schema EHR_PROD.MEDFORM to role MEDFORM_RUNNER;
grant create view on schema EHR_PROD.MEDFORM to role MEDFORM_RUNNER;
grant select, insert on table EHR_PROD.MEDFORM.LEDGER to role MEDFORM_RUNNER;
grant select, update on table EHR_PROD.MEDFORM.LEDGER_HEAD to role MEDFORM_RUNNER;
grant select, insert, update, delete on table EHR_PROD.MEDFORM.LEASE to role MEDFORM_RUNNER;
grant select, insert, delete on table EHR_PROD.MEDFORM.PUBLICATION to role MEDFORM_RUNNER;
grant select, insert, delete on table EHR_PROD.MEDFORM.PENDING to role MEDFORM_RUNNER;

-- A load is recorded too, and takes the lease.
grant usage on schema EHR_PROD.MEDFORM to role MEDFORM_LOADER;
grant select, insert on table EHR_PROD.MEDFORM.LEDGER to role MEDFORM_LOADER;
grant select, update on table EHR_PROD.MEDFORM.LEDGER_HEAD to role MEDFORM_LOADER;
grant select, insert, update, delete on table EHR_PROD.MEDFORM.LEASE to role MEDFORM_LOADER;
grant select on table EHR_PROD.MEDFORM.PUBLICATION to role MEDFORM_LOADER;
grant select on table EHR_PROD.MEDFORM.PENDING to role MEDFORM_LOADER;
grant create stage on schema EHR_PROD.MEDFORM to role MEDFORM_LOADER;

grant usage on schema EHR_PROD.MEDFORM to role MEDFORM_AUDITOR;
grant select on table EHR_PROD.MEDFORM.LEDGER to role MEDFORM_AUDITOR;
grant select on table EHR_PROD.MEDFORM.LEDGER_HEAD to role MEDFORM_AUDITOR;
grant select on table EHR_PROD.MEDFORM.LEASE to role MEDFORM_AUDITOR;
grant select on table EHR_PROD.MEDFORM.PUBLICATION to role MEDFORM_AUDITOR;

-- Rows pass through a stage of the loader's own.
use role MEDFORM_LOADER;
create stage if not exists EHR_PROD.MEDFORM.LANDING encryption = (type = 'SNOWFLAKE_FULL') comment = 'Rows on their way into landing tables; empty between loads.';
use role ACCOUNTADMIN;
grant select on future views in schema EHR_PROD.MEDFORM to role MEDFORM_AUDITOR;

-- Services log in by key pair: `openssl genrsa 3072 | openssl pkcs8 -topk8 -v2 aes-256-cbc -out rsa.p8`, then
-- `openssl rsa -in rsa.p8 -pubout`, of which the text between the first and the last line is added with
-- alter user MEDFORM_REFRESHER set rsa_public_key = '…';
create user if not exists MEDFORM_REFRESHER type = service default_role = MEDFORM_RUNNER default_warehouse = MEDFORM_REFRESH;
create user if not exists MEDFORM_DELIVERY type = service default_role = MEDFORM_LOADER default_warehouse = MEDFORM_LOAD;
grant role MEDFORM_RUNNER to user MEDFORM_REFRESHER;
grant role MEDFORM_LOADER to user MEDFORM_DELIVERY;

-- After the first refresh: the auditor's report counts what became of source rows, from one table that holds no patient.
-- grant usage on schema EHR_PROD.SILVER to role MEDFORM_AUDITOR;
-- grant select on table EHR_PROD.SILVER.DISPOSITION to role MEDFORM_AUDITOR;
