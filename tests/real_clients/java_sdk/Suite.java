// The life of a job with nomad-sdk.

import com.hashicorp.nomad.apimodel.*;
import com.hashicorp.nomad.javasdk.*;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

public class Suite {
    interface Ask<T> {
        ServerQueryResponse<T> with(QueryOptions<T> options) throws Exception;
    }

    static void need(boolean what, Object told) {
        if (!what) throw new AssertionError(told);
    }

    static Job aJob(String name, int count) {
        Task task = new Task().setName("main").setDriver("raw_exec");
        task.setConfig(Map.of("command", "sleep", "args", List.of("600")));
        task.setResources(new Resources().setCpu(50).setMemoryMb(32));
        task.setLogConfig(new LogConfig().setMaxFiles(1).setMaxFileSizeMb(10));
        TaskGroup group = new TaskGroup().setName("main").setCount(count).addTasks(task);
        Job job = new Job().setId(name).setName(name).setRegion("global").setType("service").setPriority(50);
        return job.addDatacenters("dc1").addTaskGroups(group);
    }

    /** Ask with blocking queries until what is asked for is there. */
    static <T> void waitFor(String what, Ask<T> ask, Predicate<T> isReached) throws Exception {
        BigInteger index = BigInteger.ZERO;
        long until = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < until) {
            long began = System.nanoTime();
            QueryOptions<T> options = new QueryOptions<T>();
            if (index.signum() > 0) {
                options.setIndex(index).setWaitStrategy(WaitStrategy.waitForSeconds(5));
            }
            ServerQueryResponse<T> found = ask.with(options);
            if (isReached.test(found.getValue())) return;
            index = found.getIndex().compareTo(index) < 0 ? BigInteger.ZERO : found.getIndex();
            Thread.sleep(Math.max(0, 100 - (System.nanoTime() - began) / 1_000_000));
        }
        throw new AssertionError(what + " not as it should be");
    }

    static Predicate<List<AllocationListStub>> running(int count) {
        return found -> found.stream().filter(each -> "running".equals(each.getClientStatus())).count() == count;
    }

    public static void main(String[] arguments) throws Exception {
        NomadApiConfiguration.Builder builder = new NomadApiConfiguration.Builder();
        try (NomadApiClient client = new NomadApiClient(builder.setAddress(System.getenv("NOMAD_ADDR")).build())) {
            JobsApi jobs = client.getJobsApi();
            jobs.register(aJob("web", 2));
            waitFor("allocations", options -> jobs.allocations("web", options), running(2));
            Job job = jobs.info("web").getValue();
            need("web".equals(job.getId()) && "running".equals(job.getStatus()), job);
            need(jobs.list().getValue().stream().anyMatch(each -> "web".equals(each.getId())), "not in the list");
            waitFor("summary", options -> jobs.summary("web", options),
                    (JobSummary found) -> found.getSummary().get("main").getRunning() == 2);
            need(jobs.evaluations("web").getValue().stream().allMatch(each -> "web".equals(each.getJobId())), "evaluations");

            JobPlanResponse plan = jobs.plan(aJob("web", 3), true).getValue();
            need(Objects.equals(plan.getJobModifyIndex(), job.getJobModifyIndex()), plan.getJobModifyIndex());
            need("Edited".equals(plan.getDiff().getType()), plan.getDiff());
            jobs.register(aJob("web", 3), plan.getJobModifyIndex());
            waitFor("allocations", options -> jobs.allocations("web", options), running(3));
            String evaluation = jobs.forceEvaluate("web").getValue();
            need("web".equals(client.getEvaluationsApi().info(evaluation).getValue().getJobId()), evaluation);

            Job parent = aJob("import", 1).setType("batch");
            jobs.register(parent.setParameterizedJob(new ParameterizedJobConfig().setPayload("optional")));
            String child = jobs.dispatch("import", "text".getBytes()).getValue().getDispatchedJobId();
            need("import".equals(jobs.info(child).getValue().getParentId()), child);

            jobs.deregister("web");
            try {
                jobs.info("web");
                throw new AssertionError("a job that is gone is found");
            } catch (ErrorResponseException gone) {
                need(gone.getServerErrorCode() == 404, gone.getServerErrorCode());
            }
        }
    }
}
