<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Actions;

use Apn\AmiClient\Actions\TypedAction;
use Apn\AmiClient\EventList;
use Apn\AmiClient\GenericAction;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\DataProviderExternal;
use PHPUnit\Framework\TestCase;

/** Every action that Asterisk 16 or 22 documents. */
final class AllActionsTest extends TestCase
{
    /** Headers that servers read by another name than they document. */
    private const array READ_AS = ['jid' => 'screenname'];

    /** Documented parameters that one argument writes together with others: how their headers begin. */
    private const array NUMBERED = ['cat-000000', 'var-000000', 'value-000000', 'match-000000', 'line-000000', 'options-000000'];

    /** @param class-string<TypedAction> $class */
    #[DataProviderExternal(Documented::class, 'classes')]
    public function test_an_action_has_a_final_class_of_its_name(string $class): void
    {
        $reflection = new \ReflectionClass($class);
        self::assertTrue($reflection->isFinal() && $reflection->isReadOnly());
        self::assertSame($reflection->getShortName(), $class::NAME);
        self::assertSame($class::NAME, Documented::withRequiredArguments($class)->name());
    }

    /** @param class-string<TypedAction> $class */
    #[DataProviderExternal(Documented::class, 'classes')]
    public function test_what_a_class_makes_can_be_sent(string $class): void
    {
        foreach ([Documented::withRequiredArguments($class), Documented::withAllArguments($class)] as $action) {
            $sent = new GenericAction($action->name(), $action->headers(), $action->completionStrategy());
            self::assertSame($class::NAME, $sent->name());
            self::assertSame(array_keys($action->headers()), array_keys($sent->headers()));
        }
    }

    /** @param class-string<TypedAction> $class */
    #[DataProviderExternal(Documented::class, 'classes')]
    public function test_a_parameter_that_both_versions_require_cannot_be_left_out(string $class): void
    {
        $sent = array_change_key_case(Documented::withRequiredArguments($class)->headers());
        $required = null;
        foreach (['22', '16'] as $version) {
            $documented = Documented::actions($version)[$class::NAME] ?? null;
            if ($documented !== null) {
                $names = array_keys(array_filter($documented, static fn(array $parameter): bool => $parameter['required']));
                $required = $required === null ? $names : array_intersect($required, $names);
            }
        }
        foreach ($required ?? [] as $header) {
            if ($header !== 'actionid') {
                self::assertArrayHasKey(self::READ_AS[$header] ?? $header, $sent);
            }
        }
        self::assertNotNull($required);
    }

    /** @param class-string<TypedAction> $class */
    #[DataProviderExternal(Documented::class, 'classes')]
    public function test_every_documented_parameter_has_an_argument(string $class): void
    {
        $sent = array_change_key_case(Documented::withAllArguments($class)->headers());
        $documented = (Documented::actions('22')[$class::NAME] ?? []) + (Documented::actions('16')[$class::NAME] ?? []);
        self::assertArrayNotHasKey('actionid', $sent);
        foreach (array_keys($documented) as $header) {
            match (true) {
                $header === 'actionid', in_array($header, self::NUMBERED, true) => null,
                // Whatever headers the application has.
                in_array($header, ['header1', 'headern'], true) => self::assertArrayHasKey('name', $sent),
                default => self::assertArrayHasKey(self::READ_AS[$header] ?? $header, $sent),
            };
        }
    }

    /** @param class-string<TypedAction> $class */
    #[DataProviderExternal(Documented::class, 'classes')]
    public function test_an_action_knows_which_asterisk_has_it(string $class): void
    {
        $action = Documented::withRequiredArguments($class);
        self::assertNotSame([], $action->since());
        self::assertSame(isset(Documented::actions('22')[$class::NAME]), $action->removedIn() === null);
        foreach ($action->since() as $version) {
            self::assertMatchesRegularExpression('/^\d+(\.\d+){2,3}$/', $version);
        }
        // What 16 has cannot have come later in all series.
        if (isset(Documented::actions('16')[$class::NAME])) {
            self::assertNotSame([], array_filter($action->since(), static fn(string $since): bool => version_compare($since, '17', '<')));
        }
    }

    /** @return iterable<string, array{string, string}> */
    public static function observedLists(): iterable
    {
        foreach (Documented::lists() as $name => $list) {
            // A success without a list is possible for these, where the server has no voicemail user.
            $isSometimes = in_array($name, ['VoicemailBoxSummary', 'VoicemailUserStatus', 'VoicemailUsersList'], true);
            if ($list['complete_event'] !== null && $list['eventlist_start'] !== null && !str_contains($name, ' ') && !$isSometimes) {
                yield $name => [$name, $list['complete_event']];
            }
        }
    }

    #[DataProvider('observedLists')]
    public function test_a_list_that_was_seen_on_real_servers_is_completed_by_its_end(string $name, string $end): void
    {
        $strategy = Documented::withRequiredArguments(Documented::class($name))->completionStrategy();
        self::assertInstanceOf(EventList::class, $strategy);
        self::assertSame([strtolower($end)], $strategy->completeEvents());
    }

    public function test_what_was_not_seen_as_a_list_waits_for_none(): void
    {
        $fromSource = [
            'DAHDIShowChannels', 'DAHDIShowStatus', 'IAXpeerlist', 'IAXpeers', 'IAXregistry', 'MWIGet', 'MeetmeList', 'MeetmeListRooms',
            'PJSIPShowResourceLists', 'PRIShowSpans', 'SKINNYdevices', 'SKINNYlines',
        ];
        foreach (Documented::classes() as $name => [$class]) {
            if (Documented::withRequiredArguments($class)->completionStrategy() instanceof EventList) {
                self::assertTrue(isset(Documented::lists()[$name]) || in_array($name, $fromSource, true), $name);
            }
        }
    }

    public function test_names_differ_where_files_of_one_name_in_whatever_case_are_one(): void
    {
        $names = array_keys(iterator_to_array(Documented::classes()));
        self::assertSameSize($names, array_unique(array_map(strtolower(...), $names)));
        self::assertCount(169, $names);
    }

    public function test_nothing_is_made_for_an_action_that_no_asterisk_has(): void
    {
        self::assertFalse(class_exists(Documented::class('FilterList')));
    }
}
