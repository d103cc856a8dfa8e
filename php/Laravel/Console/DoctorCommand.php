<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Console\Screen;
use Apn\AmiClient\Diagnosis\Finding;
use Apn\AmiClient\Diagnosis\HeardNames;
use Apn\AmiClient\Diagnosis\Patient;
use Apn\AmiClient\Diagnosis\ProcessChecks;
use Apn\AmiClient\Diagnosis\ServerDoctor;
use Apn\AmiClient\Diagnosis\Severity;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Diagnosis\ApplicationChecks;

/** Looks for what is wrong, or will be, from the name of a server to the rights of its user. */
final class DoctorCommand extends TerminalCommand
{
    private const array COLOURS = ['ok' => 32, 'warning' => 33, 'failure' => 31, 'skipped' => 2];

    protected $signature = 'ami:doctor
        {--server=* : Keys of servers. All unless one is named}
        {--heard=* : Names of events that listeners of the application hear, besides those that bridges take}
        {--timeout=5 : Most seconds that one step may take}
        {--read-config : Reads the section of the user in manager.conf also where that sends the secret without TLS}
        {--strict : Counts warnings as failures}
        {--json : For programs: one line a finding}';

    protected $description = 'Look for what is wrong with servers, rights and settings (exit code 1: something failed, 2: nothing could be looked at)';

    private Screen $screen;

    private string $subject = '';

    /** @var array<string, int> */
    private array $counts = ['ok' => 0, 'warning' => 0, 'failure' => 0, 'skipped' => 0];

    protected function perform(): int
    {
        $seconds = $this->seconds('timeout', 5.0, 0.05, 60.0) ?? 5.0;
        $this->counts = array_fill_keys(array_keys(self::COLOURS), 0);
        $this->subject = '';
        $this->screen = $this->screen($this->option('json') === true, isPatient: true);
        try {
            $config = $this->config();
            $servers = $config->servers;
            $this->show(Finding::ok('php', 'configuration', 'config/ami-client.php can be used'));
        } catch (InvalidConfigurationException $refused) {
            $this->show(Finding::failure('php', 'configuration', $refused->getMessage(), 'config/ami-client.php or .env; then php artisan config:clear'));
            $this->conclude();

            return self::REFUSED;
        }
        foreach (new ProcessChecks(\count($servers))->run() as $finding) {
            $this->show($finding);
        }
        foreach (new ApplicationChecks($this->laravel, $config, $seconds)->run() as $finding) {
            $this->show($finding);
        }
        if (\extension_loaded('apn_ami')) {
            foreach ($this->chosenServers() ?? array_map(strval(...), array_keys($servers)) as $key) {
                $this->examine($config, $key, $seconds);
            }
        }
        $this->conclude();

        return $this->counts['failure'] > 0 || ($this->option('strict') === true && $this->counts['warning'] > 0) ? self::FAILURE : self::SUCCESS;
    }

    private function examine(AmiConfig $config, string $key, float $seconds): void
    {
        try {
            $settings = $config->toManager([$key]);
            $patient = new Patient(
                $key,
                $settings['servers'][$key],
                $settings['options'],
                new HeardNames($this->heardNames()),
                $config->gateway->enabled ? $config->gateway->allow : [],
                $seconds,
                $this->option('read-config') === true,
            );
            foreach (new ServerDoctor($patient)->examine() as $finding) {
                $this->show($finding);
            }
        } catch (InvalidConfigurationException $refused) {
            $this->show(Finding::failure($key, 'configuration', $refused->getMessage(), 'config/ami-client.php or .env'));
        }
    }

    private function show(Finding $finding): void
    {
        $this->counts[$finding->severity->value]++;
        if ($this->option('json') === true) {
            $this->screen->whole(self::json($finding->toArray()));
        } else {
            if ($finding->subject !== $this->subject) {
                $this->subject = $finding->subject;
                $this->screen->whole();
                $this->screen->whole($this->screen->colour($finding->subject, 1));
            }
            $this->screen->whole(\sprintf(
                '  %s  %s  %s',
                $this->screen->colour(Screen::cell($finding->severity->value, 7), self::COLOURS[$finding->severity->value]),
                Screen::cell($finding->check, 18),
                Screen::clean($finding->message),
            ));
            if ($finding->cure !== null && $finding->severity !== Severity::Ok) {
                $this->screen->whole(str_repeat(' ', 31) . $this->screen->colour(Screen::clean($finding->cure), 36));
            }
        }
        // As it is found: the next step may take its time.
        $this->screen->show();
    }

    private function conclude(): void
    {
        if ($this->option('json') !== true) {
            $this->screen->whole();
            $this->screen->whole(\sprintf('%d ok, warnings: %d, failures: %d, not looked at: %d', $this->counts['ok'], $this->counts['warning'], $this->counts['failure'], $this->counts['skipped']));
        }
        $this->screen->finish(5.0);
    }
}
