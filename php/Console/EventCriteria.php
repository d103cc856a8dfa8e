<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\AmiEvent;

/** Which events somebody wants to see. */
final readonly class EventCriteria
{
    /** @var list<NamePattern> */
    private array $names;

    /** @var list<array{string, list<NamePattern>}> headers, and what they may be */
    private array $headers;

    /**
     * @param list<string> $names of events, `*` for anything, each also several with commas between; none is all
     * @param list<string> $headers as `Channel=PJSIP/*`; those of one header are alternatives, each header must fit
     * @param string|null $grep text that the event has somewhere, in any case
     *
     * @throws \InvalidArgumentException where a header is not given as name=value
     */
    public function __construct(array $names = [], array $headers = [], private ?string $grep = null)
    {
        $patterns = [];
        foreach ($names as $list) {
            foreach (explode(',', $list) as $name) {
                if (trim($name) !== '') {
                    $patterns[] = new NamePattern(trim($name));
                }
            }
        }
        $this->names = $patterns;
        $conditions = [];
        foreach ($headers as $header) {
            $parts = explode('=', $header, 2);
            if (trim($parts[0]) === '' || !isset($parts[1])) {
                throw new \InvalidArgumentException("--header=$header: a condition is given as --header=Channel=PJSIP/alice*");
            }
            $header = strtolower(trim($parts[0]));
            $conditions[$header] = [$header, [...($conditions[$header][1] ?? []), new NamePattern($parts[1])]];
        }
        $this->headers = array_values($conditions);
    }

    /** @return list<string>|null the names, where all of them are exact: nothing else has to be listened to */
    public function exactNames(): ?array
    {
        $exact = array_filter($this->names, static fn(NamePattern $name): bool => $name->isExact());

        return $exact === [] || \count($exact) < \count($this->names) ? null
            : array_values(array_unique(array_map(static fn(NamePattern $name): string => $name->pattern, $exact)));
    }

    public function accepts(AmiEvent $event): bool
    {
        return $this->hasName($event->name) && $this->hasHeaders($event)
            && ($this->grep === null || stripos($event->raw(), $this->grep) !== false);
    }

    private function hasName(string $name): bool
    {
        foreach ($this->names as $pattern) {
            if ($pattern->matches($name)) {
                return true;
            }
        }

        return $this->names === [];
    }

    private function hasHeaders(AmiEvent $event): bool
    {
        foreach ($this->headers as [$header, $patterns]) {
            $isFitting = static fn(string $value): bool => array_any($patterns, static fn(NamePattern $pattern): bool => $pattern->matches($value));
            if (!array_any($event->all($header), $isFitting)) {
                return false;
            }
        }

        return true;
    }
}
