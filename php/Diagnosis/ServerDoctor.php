<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiException;

/**
 * Looks at one server from the name to the rights of its user, and says what it finds as it finds it.
 *
 * It makes two connections, one after the other: one that says nothing, and one that logs in, once, and out again. Nothing on the
 * server is changed. Each step ends within its time, and where one fails, those that need it are left out.
 */
final readonly class ServerDoctor
{
    public function __construct(private Patient $patient) {}

    /** @return iterable<Finding> */
    public function examine(): iterable
    {
        if (!(yield from new ReachChecks($this->patient, time())->run())) {
            return;
        }
        $seconds = $this->patient->stepSeconds;
        $settings = $this->patient->settings;
        // One attempt, in the time that a step has.
        $options = [
            'connect_timeout' => $seconds, 'auth_timeout' => $seconds, 'push_filters' => false, 'lazy' => true, 'io' => 'inline',
            'enforce_ip_endpoints' => $this->patient->options->enforceIpEndpoints,
        ];
        unset($settings['options']);
        $manager = AmiClientManager::fromConfig(['servers' => [$this->patient->key => $settings], 'options' => $options]);
        try {
            $client = yield from new SessionChecks($this->patient, $manager)->run();
            if ($client !== null) {
                $checks = new SettingsChecks($this->patient, $client);
                yield from new RightsChecks($this->patient, $client)->run($checks->askForUser());
                yield from $checks->run();
            }
        } finally {
            $this->leave($manager);
        }
    }

    private function leave(AmiClientManager $manager): void
    {
        try {
            $manager->close();
            for ($until = hrtime(true) + 1_000_000_000; $manager->server($this->patient->key)->state()->value === 'closing' && hrtime(true) < $until;) {
                $manager->tickAll(20);
            }
        } catch (AmiException) {
            // It is cut off below.
        }
        $manager->terminate();
    }
}
