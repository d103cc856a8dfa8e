<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\GenericAction;

/** What the user may, against what the application wants. */
final readonly class RightsChecks
{
    public function __construct(private Patient $patient, private AmiClient $client) {}

    /**
     * @param ManagerConf|null $user what `manager show user` says; null where that was not to be had
     *
     * @return iterable<Finding>
     */
    public function run(?ManagerConf $user): iterable
    {
        yield $this->asked();
        yield $this->read($user);
        yield from $this->write();
    }

    /** Whether the session asks for the classes of what is listened to. */
    private function asked(): Finding
    {
        [$key, $events] = [$this->patient->key, $this->patient->server->events];
        if (!$this->patient->heard->isKnown()) {
            return Finding::skipped($key, 'events', 'nothing is known of what the application listens to: no bridge is enabled, and --heard names nothing');
        }
        $missing = \is_array($events) ? $this->lacking($events) : ($events === 'off' ? $this->lacking([]) : []);

        return $missing === []
            ? Finding::ok($key, 'events', 'the classes of what is listened to are asked for')
            : Finding::failure($key, 'events', self::named($missing) . " cannot be heard, as 'events' of this server leaves their classes out", "'events' => ['" . implode("', '", $this->with(\is_array($events) ? $events : [], $missing)) . "'],");
    }

    private function read(?ManagerConf $user): Finding
    {
        [$key, $name] = [$this->patient->key, $this->patient->server->username];
        if ($user === null || $user->get('read perm') === null) {
            return Finding::skipped($key, 'read', 'which events the user may read is not to be had from here: it has no right write = command', "asterisk -rx 'manager show user $name'   # on the server");
        }
        $may = $user->list('read perm');
        $missing = \in_array('all', $may, true) ? [] : $this->lacking($may);
        if ($missing !== []) {
            return Finding::failure($key, 'read', self::named($missing) . ' cannot be heard: the user lacks the right', "[$name] of manager.conf: read = " . implode(',', $this->with($may, $missing)));
        }

        return Finding::ok($key, 'read', 'the user reads ' . (\in_array('all', $may, true) ? 'all' : implode(',', $may)));
    }

    /** @return iterable<Finding> */
    private function write(): iterable
    {
        [$key, $name] = [$this->patient->key, $this->patient->server->username];
        try {
            $answer = $this->client->call(new GenericAction('ListCommands'), (int) ($this->patient->stepSeconds * 1000));
        } catch (AmiException $error) {
            yield Finding::skipped($key, 'write', 'which actions the user may send is not to be had: ' . $error->getMessage());

            return;
        }
        // Names are kept in lower case; what is not allowed is not listed.
        $allowed = array_fill_keys(array_map(strval(...), array_keys($answer->headers)), true);
        unset($allowed['response'], $allowed['actionid'], $allowed['message']);
        [$rights, $missing, $unknown] = [[], [], []];
        foreach (array_diff($this->patient->actions, ['*']) as $action) {
            if (str_contains($action, '*') || isset($allowed[strtolower($action)])) {
                continue;
            }
            $any = Catalog::permissionsFor($action);
            if ($any === null || $any === []) {
                $unknown[] = $action;
            } else {
                $missing[$action] = $any;
            }
        }
        // Those first that leave no choice.
        uasort($missing, static fn(array $a, array $b): int => \count($a) <=> \count($b));
        foreach ($missing as $action => $any) {
            $rights[array_find($any, static fn(string $right): bool => isset($rights[$right])) ?? self::least($any)][] = $action;
        }
        foreach ($rights as $right => $actions) {
            yield Finding::failure($key, 'write', implode(', ', $actions) . ' of the gateway will be refused: the user lacks the right, or Asterisk the module', "[$name] of manager.conf: add $right to write =");
        }
        if ($unknown !== []) {
            yield Finding::warning($key, 'write', 'this Asterisk has no ' . implode(', ', $unknown), "asterisk -rx 'manager show commands'   # the module is not loaded, or of another release");
        }
        if ($rights === [] && $unknown === []) {
            yield Finding::ok($key, 'write', \sprintf('the user may send %d actions%s', \count($allowed), $this->patient->actions === [] ? '' : ', all that the gateway allows among them'));
        }
        if ($this->patient->options->pushFilters && !isset($allowed['filter'])) {
            yield Finding::warning($key, 'filters', "'push_filters' is on, and the user may not send Filter: only the event mask acts", "[$name] of manager.conf: add system to write =");
        }
    }

    /**
     * The right that gives away least.
     *
     * @param non-empty-list<string> $any
     */
    private static function least(array $any): string
    {
        return array_find($any, static fn(string $right): bool => $right !== 'system') ?? $any[0];
    }

    /**
     * @param array<string> $classes that there are
     *
     * @return array<string, list<string>> names that are listened to, by the class that is missing
     */
    private function lacking(array $classes): array
    {
        $missing = [];
        foreach ($this->patient->heard->exact() as $event) {
            $class = Catalog::classOf($event);
            if ($class !== null && !\in_array($class, $classes, true)) {
                $missing[$class][] = $event;
            }
        }

        return $missing;
    }

    /**
     * @param array<string> $classes
     * @param array<string, list<string>> $missing
     *
     * @return list<string>
     */
    private function with(array $classes, array $missing): array
    {
        return array_values(array_unique([...$classes, ...array_keys($missing)]));
    }

    /** @param array<string, list<string>> $missing */
    private static function named(array $missing): string
    {
        $parts = [];
        foreach ($missing as $class => $events) {
            $parts[] = implode(', ', $events) . " (class $class)";
        }

        return implode('; ', $parts);
    }
}
