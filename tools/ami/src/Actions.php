<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** Joins what two versions document of an action with what the tables say. */
final readonly class Actions
{
    /** Headers that a server reads by another name than it documents. */
    private const array HEADERS = [
        'JID' => 'ScreenName', // manager_jabber_send() in res/res_xmpp.c, 16 and 22
        'channel' => 'Channel', // of PJSIPNotify
    ];

    private function __construct(private Facts $facts, private Tables $tables) {}

    /** @return list<ActionFacts> by name */
    public static function of(Facts $facts): array
    {
        $self = new self($facts, $facts->tables);
        $names = array_keys($facts->newer['actions'] + $facts->older['actions']);
        $names = array_values(array_diff($names, $self->tables->removed['never']));
        sort($names, SORT_STRING);

        return array_map($self->action(...), $names);
    }

    private function action(string $name): ActionFacts
    {
        $newer = $this->facts->newer['actions'][$name] ?? null;
        $module = $newer['module'] ?? $this->tables->removed['modules'][$name] ?? null;

        return new ActionFacts(
            $name,
            $this->tables->actions[$name][0] ?? throw new \RuntimeException("tables/actions.php says nothing of $name"),
            $this->parameters($name),
            Text::ascending($newer['since'] ?? [$this->tables->removed['since'][$name]]),
            $newer === null ? $this->tables->removed['removed'][(string) $module] : null,
            match ($module) {
                'builtin' => null,
                'app_voicemail_odbc' => 'app_voicemail', // one of three builds of the same module
                'parking_manager' => 'res_parking', // the file of that module
                default => $module,
            },
            $this->facts->permissions[$name] ?? throw new \RuntimeException("permissions.json says nothing of $name"),
            $this->facts->items[$name] ?? [],
            $this->facts->endEvents[$name] ?? null,
            !in_array($name, $this->tables->completion['sometimes'], true),
        );
    }

    /** @return list<Parameter> */
    private function parameters(string $action): array
    {
        $documented = [];
        foreach ([$this->facts->newer, $this->facts->older] as $version) {
            foreach ($version['actions'][$action]['parameters'] ?? [] as $parameter) {
                // Headers are the same in whatever case: 16 writes `options` where 22 has `Options`.
                $documented[strtolower($parameter['name'])] ??= $parameter + ['required' => false, 'values' => []];
            }
        }
        unset($documented['actionid']);
        foreach ($this->tables->extra[$action] ?? [] as [$header, $required]) {
            $documented[strtolower($header)] = ['name' => $header, 'required' => $required] + ($documented[strtolower($header)] ?? ['values' => []]);
        }

        $older = $this->facts->older['actions'][$action]['parameters'] ?? null;
        $known = array_map(strtolower(...), array_column($older ?? [], 'name'));
        $parameters = [];
        foreach ($documented as $name => $parameter) {
            $isExtra = in_array($parameter['name'], array_column($this->tables->extra[$action] ?? [], 0), true);
            $isNew = $older !== null && !$isExtra && !in_array($name, $known, true);
            $parameter = $this->parameter($action, $parameter, $isNew ? '; not documented by Asterisk 16' : '');
            if ($parameter !== null) {
                $parameters[$parameter->header] = $parameter;
            }
        }

        return $this->ordered($action, $parameters);
    }

    /** @param array{name: string, required: bool, values: list<string>} $documented */
    private function parameter(string $action, array $documented, string $remark): ?Parameter
    {
        $header = $documented['name'];
        $own = $this->tables->actions[$action][1] ?? [];
        if (array_key_exists($header, $own) && $own[$header] === null) {
            return null;
        }
        $row = $own[$header] ?? $this->tables->parameters[$header] ?? throw new \RuntimeException("no table says what $header of $action is");
        [$kind, $says] = $row;
        // Named for what they hold, as one header is sent for each.
        $argument = $row[2] ?? ($kind === 'variables' ? 'variables' : Name::argument($header));

        return new Parameter(
            self::HEADERS[$header] ?? $header,
            $argument,
            $kind,
            $says . $remark,
            $documented['required'],
            $documented['values'],
            $this->tables->actions[$action][3][$header] ?? null,
        );
    }

    /**
     * @param array<string, Parameter> $parameters
     *
     * @return list<Parameter>
     */
    private function ordered(string $action, array $parameters): array
    {
        $order = $this->tables->actions[$action][2] ?? null;
        if ($order !== null) {
            $order = array_map(static fn(string $header): string => self::HEADERS[$header] ?? $header, $order);
            $parameters = array_map(
                static fn(string $header): Parameter => $parameters[$header] ?? throw new \RuntimeException("$action has no $header"),
                $order,
            );
        }
        $parameters = array_values($parameters);
        $required = static fn(Parameter $parameter): bool => $parameter->required;
        $optional = static fn(Parameter $parameter): bool => !$parameter->required;

        return [...array_filter($parameters, $required), ...array_filter($parameters, $optional)];
    }
}
